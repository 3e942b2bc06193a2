package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.rsp.PacketReader.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketCodecTest {
    /** Gives bytes in pieces of random size. */
    private static final class Choppy extends InputStream {
        private final byte[] bytes;
        private final Random random;
        private int position;

        Choppy(byte[] bytes, Random random) {
            this.bytes = bytes;
            this.random = random;
        }

        @Override
        public int read() {
            return position == bytes.length ? -1 : bytes[position++] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (position == bytes.length) return -1;
            int count = Math.min(Math.min(length, 1 + random.nextInt(7)), bytes.length - position);
            System.arraycopy(bytes, position, target, offset, count);
            position += count;
            return count;
        }
    }

    private static PacketReader reader(String stream, boolean runs) {
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        return new PacketReader(new ByteArrayInputStream(bytes), runs, 1000);
    }

    private static byte[] frame(PacketWriter writer) {
        return Arrays.copyOf(writer.frame(), writer.length());
    }

    @Test
    void framesAsTheSpecificationDoes() {
        PacketWriter writer = new PacketWriter();
        writer.start().text("OK").finish();
        assertThat(new String(frame(writer), StandardCharsets.ISO_8859_1)).isEqualTo("$OK#9a");
        writer.start().text("a#b}").finish();
        assertThat(new String(frame(writer), StandardCharsets.ISO_8859_1)).startsWith("$a}\3b}]#");
    }

    @Test
    void hexHasNoLeadingZeros() {
        PacketWriter writer = new PacketWriter();
        writer.start()
                .hex(0)
                .text(',')
                .hex(0x10)
                .text(',')
                .hex(-1)
                .text(',')
                .hex(0xf000_0000_0000_0000L)
                .finish();
        assertThat(writer.logText(100)).isEqualTo("0,10,ffffffffffffffff,f000000000000000");
    }

    @Test
    void randomBytesSurviveAnyChunking() throws IOException {
        Random random = new Random(20261122);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        byte[][] contents = new byte[500][];
        PacketWriter writer = new PacketWriter();
        for (int i = 0; i < contents.length; i++) {
            contents[i] = new byte[random.nextInt(i + 1)];
            random.nextBytes(contents[i]);
            if (i % 3 == 0) Arrays.fill(contents[i], (byte) "$#}*".charAt(i % 4));
            stream.writeBytes(frame(
                    writer.start().binary(contents[i], 0, contents[i].length).finish()));
            stream.write(new byte[] {'+', 'x', '-'}, 0, random.nextInt(4));
        }
        PacketReader reader = new PacketReader(new Choppy(stream.toByteArray(), random), true, 1000);
        for (byte[] content : contents) {
            Kind kind = reader.next();
            while (kind == Kind.ACK || kind == Kind.NACK) kind = reader.next();
            assertThat(kind).isEqualTo(Kind.PACKET);
            assertThat(Arrays.copyOf(reader.data(), reader.length())).isEqualTo(content);
        }
    }

    @Test
    void expandsRunsOnlyWhenTold() throws IOException {
        PacketReader client = reader("$0* #7a", true);
        assertThat(client.next()).isEqualTo(Kind.PACKET);
        assertThat(client.text()).isEqualTo("0000");
        PacketReader server = reader("$0* #7a", false);
        assertThat(server.next()).isEqualTo(Kind.PACKET);
        assertThat(server.text()).isEqualTo("0* ");
    }

    @Test
    void anEscapedStarIsNoRun() throws IOException {
        PacketReader reader = reader(framed("a}\nb"), true);
        assertThat(reader.next()).isEqualTo(Kind.PACKET);
        assertThat(reader.text()).isEqualTo("a*b");
    }

    @Test
    void tellsKindsApart() throws IOException {
        PacketReader reader =
                reader("+-\3noise" + framed("abc") + "%Stop:x#00%" + framed("n").substring(1), false);
        assertThat(reader.next()).isEqualTo(Kind.ACK);
        assertThat(reader.next()).isEqualTo(Kind.NACK);
        assertThat(reader.next()).isEqualTo(Kind.INTERRUPT);
        assertThat(reader.next()).isEqualTo(Kind.PACKET);
        assertThat(reader.next()).as("a broken notification is dropped").isEqualTo(Kind.NOTIFICATION);
        assertThat(reader.text()).isEqualTo("n");
        assertThat(reader.next()).isEqualTo(Kind.END);
    }

    @Test
    void wrongChecksumsAreBroken() throws IOException {
        assertThat(reader("$abc#00", false).next()).isEqualTo(Kind.BROKEN);
        assertThat(reader("$abc#zz", false).next()).isEqualTo(Kind.BROKEN);
        assertThat(reader("$abc#2", false).next()).isEqualTo(Kind.END);
        assertThat(reader("$abc", false).next()).isEqualTo(Kind.END);
    }

    @Test
    void aNewStartRestartsAPacket() throws IOException {
        PacketReader reader = reader("$abc" + framed("def"), false);
        assertThat(reader.next()).isEqualTo(Kind.PACKET);
        assertThat(reader.text()).isEqualTo("def");
    }

    @Test
    void sizeIsBoundedAndTheStreamGoesOn() throws IOException {
        PacketReader reader = reader(framed("y".repeat(1001)) + framed("x".repeat(1000)), false);
        assertThat(reader.next()).isEqualTo(Kind.TOO_LONG);
        assertThat(reader.next()).isEqualTo(Kind.PACKET);
        assertThat(reader.length()).isEqualTo(1000);
    }

    @Test
    void aRunCannotExceedTheLimit() throws IOException {
        PacketReader reader = reader(framed("0" + "*~".repeat(100)), true);
        assertThat(reader.next()).isEqualTo(Kind.TOO_LONG);
    }

    /** A frame around data that is escaped already. */
    static String framed(String raw) {
        int sum = 0;
        for (int i = 0; i < raw.length(); i++) sum += raw.charAt(i);
        return "$" + raw + String.format("#%02x", sum & 0xff);
    }
}
