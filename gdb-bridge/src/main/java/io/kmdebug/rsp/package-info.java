/**
 * The GDB remote serial protocol: packet codec, client, and the server half that a stub builds on.
 *
 * <p>{@link io.kmdebug.rsp.RspClient} talks to a stub. Its rules: one thread at a time asks, and reads the answers
 * itself, so that a question costs no change of threads; every wait has a limit, the connection's own or the one given
 * to {@code waitForStop}; {@code interrupt} and {@code close} may come from any thread. A stop reply brings the
 * registers that the stub sent along, so that a step costs one round trip. Signal numbers are Linux's on our side of
 * the wire and gdb's on it.
 *
 * <p>{@link io.kmdebug.rsp.RspServer} serves a {@link io.kmdebug.rsp.StubTarget} to one client at a time: requests run
 * on the client's own server thread and only while the payload is stopped; the stop reply is written by the thread
 * that reports the stop.
 *
 * <p>Source: "Debugging with GDB", appendices "GDB Remote Serial Protocol" and "Target Descriptions". All-stop mode.
 */
@NullMarked
package io.kmdebug.rsp;

import org.jspecify.annotations.NullMarked;
