package io.kmdebug.cli.command;

import io.kmdebug.dap.request.SessionFactory;

/** What the commands work with. */
public record Context(Terminal terminal, SessionFactory sessions) {}
