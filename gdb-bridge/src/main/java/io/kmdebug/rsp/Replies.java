package io.kmdebug.rsp;

import io.kmdebug.rsp.RspException.Kind;

/** Tells good replies from errors and from the empty one, "not known". GDB RSP: "Standard Replies". */
final class Replies {
    private Replies() {}

    static boolean isError(PacketCursor reply) {
        if (reply.peek() != 'E') return false;
        String text = reply.toString();
        if (text.startsWith("E.")) return true;
        return text.length() == 3 && Hex.value(text.charAt(1)) >= 0 && Hex.value(text.charAt(2)) >= 0;
    }

    /** Passes a reply that is neither empty nor an error. */
    static PacketCursor data(PacketWriter request, PacketCursor reply) {
        if (reply.atEnd()) throw new RspException(Kind.UNSUPPORTED, message(request, "", "is not known"));
        if (isError(reply)) throw new RspException(Kind.REFUSED, message(request, reply.toString(), "was refused"));
        return reply;
    }

    static void ok(PacketWriter request, PacketCursor reply) {
        data(request, reply);
        if (!reply.skip("OK") || !reply.atEnd()) throw malformed(request, reply);
    }

    static RspException malformed(PacketWriter request, PacketCursor reply) {
        return new RspException(Kind.MALFORMED, message(request, reply.toString(), "was answered senselessly"));
    }

    static String message(PacketWriter request, String reply, String what) {
        String packet = "packet \"" + request.logText(120) + "\" " + what + " by the stub";
        if (reply.isEmpty()) return packet;
        return packet + ": \"" + (reply.length() > 200 ? reply.substring(0, 200) + "..." : reply) + '"';
    }
}
