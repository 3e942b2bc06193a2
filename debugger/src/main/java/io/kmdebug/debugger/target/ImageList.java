package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.symbols.Unwinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The program images of a payload by address. The executable comes first where it is known. */
public final class ImageList {
    private final List<LoadedImage> images = new ArrayList<>();
    private @Nullable LoadedImage lastFound;
    private @Nullable CopiedObjects copies;

    /** Adds an image unless one of the same path and place is there already. Returns whether it was added. */
    public boolean add(LoadedImage image) {
        for (LoadedImage known : images) {
            if (known.low() == image.low() && known.path().equals(image.path())) return false;
        }
        if (image.main()) images.add(0, image);
        else images.add(image);
        lastFound = null;
        copies = null;
        return true;
    }

    public List<LoadedImage> all() {
        return List.copyOf(images);
    }

    /** All of them as the unwinder and the evaluator want them. */
    public List<Unwinder.Image> forSymbols() {
        return images.stream().map(LoadedImage::image).toList();
    }

    public Optional<LoadedImage> main() {
        return images.stream().filter(LoadedImage::main).findFirst();
    }

    /** The image that holds a run-time address. */
    public Optional<LoadedImage> at(long address) {
        LoadedImage last = lastFound;
        if (last != null && last.contains(address)) return Optional.of(last);
        for (LoadedImage image : images) {
            if (image.contains(address)) {
                lastFound = image;
                return Optional.of(image);
            }
        }
        return Optional.empty();
    }

    /** Where the object at a run-time address of {@code image} really is: the executable may have a copy of it. */
    public long moved(Unwinder.Image image, long address) {
        for (LoadedImage loaded : images) {
            if (loaded.main() || !loaded.image().equals(image)) continue;
            CopiedObjects known = copies;
            if (known == null) copies = known = new CopiedObjects(this);
            return known.moved(loaded, address);
        }
        return address;
    }

    public Optional<Unwinder.Image> forUnwinding(long address) {
        return at(address).map(LoadedImage::image);
    }

    /** Run-time address of the first symbol of that name that an image defines; 0 where none does. */
    public long addressOf(String symbol) {
        for (LoadedImage image : images) {
            for (ElfSymbol found : image.symbols().symbolsNamed(symbol)) {
                if (found.section() != 0) return found.value() + image.bias();
            }
        }
        return 0;
    }
}
