package io.kmdebug.rsp;

/**
 * A thread as a stub lists it.
 *
 * @param tid Linux thread id
 * @param name empty when the stub has none
 * @param state for people, empty when the stub has none
 */
public record RemoteThread(int tid, String name, String state) {}
