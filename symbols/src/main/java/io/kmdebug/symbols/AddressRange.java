package io.kmdebug.symbols;

/** Addresses from {@code low} up to but not including {@code high}. */
public record AddressRange(long low, long high) {
    public boolean contains(long address) {
        return Long.compareUnsigned(address - low, high - low) < 0;
    }
}
