package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** L14: a call that blocks is refused on an event loop, and one that doesn't works there. */
@ExtendWith(LeakCheck.class)
class EventLoopTest {

  /** A call of direct style. */
  @FunctionalInterface
  private interface Call {
    void on(AsyncTextFile file) throws Exception;
  }

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void write() throws Exception {
    path = Files.writeString(directory.resolve("some.txt"), "first\nsecond\n");
  }

  @Test
  void directCall_onAnEventLoop_isRefusedAndDoesNothing() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(1);

    assertThat(
            refusals(
                text -> text.readLine(),
                text -> text.readString(),
                text -> text.readCharacters(1),
                text -> text.write("lost"),
                text -> text.writeLine("lost"),
                text -> text.file().read(bytes),
                text -> text.file().readAt(0, bytes),
                text -> text.file().readBytes(1),
                text -> text.file().readAllBytes(),
                text -> text.file().write(bytes),
                text -> text.file().writeAt(0, bytes),
                text -> text.file().transferTo(text.file()),
                text -> text.file().flush(),
                text -> text.file().force(),
                text -> text.file().truncate(0),
                text -> text.file().size(),
                text -> text.file().position(),
                text -> text.file().seek(1)))
        .containsExactly(
            "readLine",
            "readString",
            "readCharacters",
            "write",
            "write",
            "read",
            "readAt",
            "readBytes",
            "readAllBytes",
            "write",
            "writeAt",
            "transferTo",
            "flush",
            "force",
            "truncate",
            "size",
            "position",
            "seek");
    assertThat(path).hasContent("first\nsecond\n");
  }

  @Test
  void streamOfATree_onAnEventLoop_isRefused() throws Exception {
    AsyncFiles.path(directory).stream(Walk.all())
        .use(all -> {
          assertThatThrownBy(() -> onLoop(all::toList))
              .cause()
              .isExactlyInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith("stream blocks, and loop is an event-loop thread: call walk");
          return null;
        });
  }

  @Test
  void stageStyle_onAnEventLoop_works() throws Exception {
    String line =
        onLoop(() -> AsyncFiles.openText(path, UTF_8).useAsync(AsyncTextFile::readLineAsync))
            .join();

    assertThat(line).isEqualTo("first");
  }

  /** {@return what each call is called by the refusal} */
  private List<String> refusals(Call... calls) throws Exception {
    return AsyncFiles.openText(path, UTF_8, READ, WRITE)
        .use(text -> {
          var refused = new ArrayList<String>();
          for (Call call : calls) {
            assertThatThrownBy(() ->
                    onLoop(() -> {
                      call.on(text);
                      return "not refused";
                    }))
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .message()
                .matches("(\\w+) blocks, and loop is an event-loop thread: call \\1Async instead")
                .satisfies(message -> refused.add(message.substring(0, message.indexOf(' '))));
          }
          return refused;
        });
  }

  private static <T> T onLoop(Callable<T> call) throws Exception {
    var done = new FutureTask<>(call);
    new EventLoopThread(done, "loop").start();
    return done.get();
  }
}
