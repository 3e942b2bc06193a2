package io.kmdebug.debugger.value;

/** A key with what belongs to it, where the key is too long to be a name. */
record PairPresentation(Summary.Pair pair) implements Presentation {
    @Override
    public void summarize(Summary out) {
        out.text("[").value(pair.key()).text("]=").value(pair.value());
    }

    @Override
    public Children children() {
        return Children.named(
                new VariableTree.Variable("key", pair::key, null),
                new VariableTree.Variable("value", pair::value, null));
    }
}
