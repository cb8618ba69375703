package dev.withal.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is read from a pipe is what was asked for, and no more. */
class PipeInputTest {
  private final List<Integer> asked = new ArrayList<>();
  private final ArrayDeque<String> pieces = new ArrayDeque<>();
  private final PipeInput input = new PipeInput(new Script(), new Wait());

  @AfterEach
  void close() {
    input.close();
  }

  @Test
  void await_piecesCome_asksForWhatIsMissing() throws Exception {
    pieces.addAll(List.of("abc", "def", "ghi", "jkl"));

    assertThat(input.await(10, 10)).isEqualTo(10);

    assertThat(asked).containsExactly(10, 7, 4, 1);
    assertThat(read(20)).isEqualTo("abcdefghij");
  }

  @Test
  void await_moreMayBeTaken_takesItByTheCallThatBringsEnough() throws Exception {
    pieces.addAll(List.of("abc", "defgh", "ijk"));

    assertThat(input.await(4, 100)).isEqualTo(8);

    assertThat(asked).containsExactly(100, 97);
  }

  @Test
  void await_moreThanABlock_comesInOrder() throws Exception {
    for (int i = 0; i < 50; i++) {
      pieces.add(String.valueOf((char) ('A' + i)).repeat(5_000));
    }
    pieces.add("end");
    String all = String.join("", pieces);

    assertThat(input.await(250_000, 250_000)).isEqualTo(250_000);

    assertThat(read(100_000) + read(150_000)).isEqualTo(all.substring(0, 250_000));
  }

  @Test
  void await_endComes_saysWhatIsThere() throws Exception {
    pieces.addAll(List.of("abc", "end"));

    assertThat(input.await(10, 10)).isEqualTo(3);

    assertThat(read(10)).isEqualTo("abc");
  }

  @Test
  void await_failureComes_keepsWhatIsThere() throws Exception {
    pieces.addAll(List.of("abc", "failure", "def"));

    assertThatThrownBy(() -> input.await(10, 10)).hasMessage("failure");

    assertThat(read(10)).isEqualTo("abc");
    assertThat(read(10)).isEqualTo("def");
  }

  @Test
  void read_somethingCame_asksOnceForTheRoomThereIs() throws Exception {
    pieces.addAll(List.of("abc", "def"));

    assertThat(read(7)).isEqualTo("abc");

    assertThat(asked).containsExactly(7);
  }

  private String read(int most) throws Exception {
    ByteBuffer target = ByteBuffer.allocate(most);
    input.read(target);
    return new String(target.array(), 0, target.position(), US_ASCII);
  }

  /** Gives one piece a call, and keeps what doesn't fit. */
  private final class Script implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      asked.add(target.remaining());
      String piece = pieces.remove();
      if (piece.equals("end")) {
        return -1;
      }
      if (piece.equals("failure")) {
        throw new IOException(piece);
      }
      byte[] bytes = piece.getBytes(US_ASCII);
      int count = Math.min(bytes.length, target.remaining());
      target.put(bytes, 0, count);
      if (count < bytes.length) {
        pieces.addFirst(new String(Arrays.copyOfRange(bytes, count, bytes.length), US_ASCII));
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
