package io.kmdebug.symbols;

/** What a question by name is about. The order is that of the files on disk: see {@link NameTable#VERSION}. */
enum NameKind {
    /** Functions that have code. */
    FUNCTION,
    /** Functions that were, or may have been, inlined. */
    ABSTRACT_FUNCTION,
    VARIABLE,
    /** Types that are defined, not only declared. */
    TYPE,
    ENUMERATOR
}
