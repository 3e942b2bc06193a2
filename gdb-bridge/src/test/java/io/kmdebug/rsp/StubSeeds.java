package io.kmdebug.rsp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes what fuzzing of packets begins with: conversations as they are. */
final class StubSeeds {
    private static final List<String> REQUESTS = List.of(
            "qSupported:multiprocess+;swbreak+;hwbreak+;no-resumed+;vContSupported+\nQStartNoAckMode\n?\nqC\ng\np10\nm400000,40",
            "vCont?\nHg0\nHc-1\n?\nvCont;s:4d\nvCont;c\n<\nvCont;r400010,400020:4d;c:4e\nD;4d",
            "?\nZ0,400010,1\nc\nz0,400010,1\nP10=5000400000000000\ns\nC05\nk",
            "?\nqXfer:features:read:target.xml:0,fff\nqXfer:threads:read::0,fff\nqXfer:auxv:read::0,fff\n"
                    + "qXfer:exec-file:read:4d:0,fff\nqXfer:libraries-svr4:read::0,fff\nqXfer:siginfo:read::0,80\n"
                    + "qXfer:osdata:read:processes:0,fff",
            "?\nvFile:setfs:0\nvFile:open:2f6574632f686f73746e616d65,0,0\nvFile:fstat:3\nvFile:pread:3,40,0\n"
                    + "vFile:close:3\nvFile:readlink:2f70726f632f73656c662f657865",
            "?\nM400000,2:9090\nX400000,0:\nqSearch:memory:400000;100;ab\nqCRC:400000,40\nqRcmd,68656c6c6f\n"
                    + "QPassSignals:e;f\nQCatchSyscalls:1;1;3\nQProgramSignals:\nQThreadEvents:1",
            "?\nqHostInfo\nqProcessInfo\nqRegisterInfo0\njThreadsInfo\njThreadExtendedInfo:{\"thread\":77}]\n"
                    + "QThreadSuffixSupported\nQListThreadsInStopReply\nqMemoryRegionInfo:400000\nx400000,40\n_M10,rw\n"
                    + "g;thread:4d;\nqShlibInfoAddr",
            "?\nZ0,400010,1;X5,2200012729\nZ2,400100,8\nc\nvKill;4d");

    private static final String TARGET = "<?xml version=\"1.0\"?><target><architecture>i386:x86-64</architecture>"
            + "<feature name=\"org.gnu.gdb.i386.core\"><reg name=\"rax\" bitsize=\"64\" regnum=\"0\"/>"
            + "<reg name=\"rip\" bitsize=\"64\" type=\"code_ptr\" regnum=\"16\"/><reg name=\"st0\" bitsize=\"80\"/>"
            + "</feature></target>";

    private static final String THREADS =
            "<threads><thread id=\"p4d.4d\" name=\"main\">at rest</thread><thread id=\"p4d.4e\">x &lt; y</thread></threads>";

    private static final List<String> ANSWERS = List.of(
            "qXfer:threads:read+;vContSupported+;qXfer:auxv:read+;qXfer:exec-file:read+;qXfer:siginfo:read+\n" + TARGET
                    + "\n" + THREADS + "\nT05thread:p4d.4d;10:1000400000000000;swbreak:;\n" + "00".repeat(300)
                    + "\nl\nl/bin/program\n" + "11".repeat(64) + "\n" + "E01\nOK\nO48\nOK\nF0\nF5\nF3;abc\nF0\nF0\nOK"
                    + "\nT05swbreak:;thread:p4d.4d;10:0000400000000000;\nT02thread:p4d.4e;\nW00;process:4d",
            "\n\n\nS05\nQC4d\nm4d,4e\nl\n6d61\n" + "xx".repeat(150)
                    + "*!\nT0bthreads:4d,4e;reason:signal;thread:4d;\nX0b",
            "PacketSize=ffffffff\n<target><feature><reg name=\"rip\" bitsize=\"64\" offset=\"128\"/></feature></target>\n"
                    + "<threads/>\nN\n\1$O4#e3$T05#b9\n\1+-$#01\nE.text\nvCont;c;s");

    private StubSeeds() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        for (int i = 0; i < REQUESTS.size(); i++) {
            keep(folder, "StubServer", i, "\1abc" + REQUESTS.get(i));
            keep(folder, "StubServer", 100 + i, "\5\7\1\3" + REQUESTS.get(i));
        }
        for (int i = 0; i < ANSWERS.size(); i++) keep(folder, "StubClient", i, ANSWERS.get(i));
    }

    private static void keep(Path folder, String target, int number, String text) throws IOException {
        Files.createDirectories(folder.resolve(target));
        Files.writeString(folder.resolve(target).resolve("seed-" + number), text, StandardCharsets.ISO_8859_1);
    }
}
