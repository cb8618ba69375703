package dev.withal.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The operations on paths. */
class AsyncPathTest {
  @TempDir Path dir;

  @Test
  void wholeFile_writtenAppendedAndRead_isThat() throws Exception {
    AsyncPath path = AsyncFiles.path(dir).resolve("a");

    path.writeStringAsync("grün\n", UTF_8).get();
    path.appendAsync("two\n".getBytes(UTF_8)).get();

    assertThat(path.readStringAsync(UTF_8).get()).isEqualTo("grün\ntwo\n");
    assertThat(path.readAllLinesAsync(UTF_8).get()).containsExactly("grün", "two");
    assertThat(path.readAllBytesAsync().get()).hasSize(10);
    assertThat(path.statAsync().get().size()).isEqualTo(10);
  }

  @Test
  void readString_malformed_saysWhere() throws Exception {
    Path file = Files.write(dir.resolve("a"), new byte[] {'a', 'b', -1});

    assertThatThrownBy(AsyncFiles.path(file).readStringAsync(UTF_8)::get)
        .hasRootCauseMessage("Input length = 1")
        .cause()
        .hasMessage(file + ": not UTF-8 at byte position 2");
  }

  @Test
  void writeString_whatTheCharsetDoesNotHave_saysWhereAndLeavesTheFile() throws Exception {
    Path file = Files.writeString(dir.resolve("a"), "old");

    assertThatThrownBy(AsyncFiles.path(file).writeStringAsync("gr\u00FCn", US_ASCII)::get)
        .cause()
        .isInstanceOf(CharacterCodingException.class)
        .hasMessage(file + ": the text to write can't be encoded in US-ASCII at character 2");
    assertThat(file).hasContent("old");
  }

  @Test
  void writeString_appendedInUtf16_hasOneMarkAndOneOrder() throws Exception {
    AsyncPath path = AsyncFiles.path(dir).resolve("a");
    path.writeStringAsync("one", UTF_16, CREATE, APPEND).get();
    path.writeStringAsync("two", UTF_16, CREATE, APPEND).get();
    assertThat(path.path()).hasBinaryContent("\uFEFFonetwo".getBytes(UTF_16BE));

    path.writeAsync("\uFEFFone".getBytes(UTF_16LE)).get();
    path.writeStringAsync("two", UTF_16, APPEND).get();
    assertThat(path.path()).hasBinaryContent("\uFEFFonetwo".getBytes(UTF_16LE));
  }

  @Test
  void write_forReading_isRefused() {
    assertThatThrownBy(AsyncFiles.path(dir).resolve("a").writeAsync(new byte[1], READ)::get)
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void files_createdLinkedCopiedMovedAndDeleted_areWhereTheyShould() throws Exception {
    AsyncPath path = AsyncFiles.path(dir);
    AsyncPath sub = path.resolve("b/c");
    sub.createDirectoriesAsync().get();
    AsyncPath file = sub.resolve("file");
    file.createFileAsync().get();
    file.writeStringAsync("text", UTF_8).get();
    AsyncPath link = path.resolve("link");
    link.createSymbolicLinkAsync(file.path()).get();
    path.resolve("hard").createLinkAsync(file.path()).get();
    file.copyToAsync(dir.resolve("copy")).get();
    file.moveToAsync(dir.resolve("moved")).get();

    assertThat(link.readSymbolicLinkAsync().get()).isEqualTo(file.path());
    assertThat(link.existsAsync().get()).isFalse();
    assertThat(link.existsAsync(LinkOption.NOFOLLOW_LINKS).get()).isTrue();
    assertThat(dir.resolve("hard")).hasContent("text");
    assertThat(dir.resolve("copy")).hasContent("text");
    assertThat(dir.resolve("moved")).hasContent("text");
    sub.deleteAsync().get();
    assertThat(sub.deleteIfExistsAsync().get()).isFalse();
    assertThat(path.resolve("moved").toRealPathAsync().get())
        .isEqualTo(dir.toRealPath().resolve("moved"));
    assertThat(path.callAsync(Files::isDirectory).get()).isTrue();
  }

  @Test
  void failures_nameWhatTheyAreAbout() throws Exception {
    AsyncPath missing = AsyncFiles.path(dir).resolve("missing");
    Files.createFile(dir.resolve("there"));

    assertThatThrownBy(missing.readAllBytesAsync()::get)
        .cause()
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessage(missing.path().toString());
    assertThatThrownBy(AsyncFiles.path(dir).resolve("there").createDirectoryAsync()::get)
        .hasCauseExactlyInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(AsyncFiles.path(dir).readAllBytesAsync()::get)
        .cause()
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage(dir + ": readAllBytes failed: Is a directory");
  }

  @Test
  void list_manyEntries_publishesAllAndNoMoreThanRequested() throws Exception {
    List<Path> files = IntStream.range(0, 1_000).mapToObj(i -> dir.resolve("file" + i)).toList();
    for (Path file : files) {
      Files.createFile(file);
    }

    assertThat(all(AsyncFiles.path(dir).list())).containsExactlyInAnyOrderElementsOf(files);
  }

  @Test
  void walkAndGlob_ofATree_goToAnyDepth() throws Exception {
    Files.createDirectories(dir.resolve("x/y"));
    Path java = Files.createFile(dir.resolve("x/y/A.java"));
    Path text = Files.createFile(dir.resolve("x/b.txt"));

    assertThat(all(AsyncFiles.path(dir).walk()))
        .containsExactlyInAnyOrder(dir, dir.resolve("x"), dir.resolve("x/y"), java, text);
    assertThat(all(AsyncFiles.path(dir).glob("**.java"))).containsExactly(java);
    assertThat(all(AsyncFiles.path(dir).glob("*/*.txt"))).containsExactly(text);
  }

  @Test
  void walk_linksInACircle_isAnErrorIfTheyAreFollowed() throws Exception {
    Files.createSymbolicLink(dir.resolve("self"), dir);

    assertThat(all(AsyncFiles.path(dir).walk())).hasSize(2);
    assertThatThrownBy(() -> all(AsyncFiles.path(dir).walk(FileVisitOption.FOLLOW_LINKS)))
        .hasCauseInstanceOf(FileSystemLoopException.class);
  }

  @Test
  void open_linksInACircle_fails() throws Exception {
    Path one = dir.resolve("one");
    Files.createSymbolicLink(dir.resolve("two"), one);
    Files.createSymbolicLink(one, dir.resolve("two"));

    assertThatThrownBy(() -> AsyncFiles.open(one).use(AsyncFile::size))
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessageContaining(one.toString());
  }

  @Test
  void list_ofAFile_fails() throws Exception {
    Path file = Files.createFile(dir.resolve("a"));

    assertThatThrownBy(() -> all(AsyncFiles.path(file).list()))
        .hasCauseInstanceOf(NotDirectoryException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void list_cancelled_closesTheDirectory() throws Exception {
    for (int i = 0; i < Directory.MOST + 600; i++) {
      Files.createFile(dir.resolve("file" + i));
    }
    var executor = new ManualExecutor();
    var subscriber = new Collected<Path>(1);
    AsyncFiles.on(executor).path(dir).list().subscribe(subscriber);
    executor.runAll();
    assertThat(subscriber.elements).hasSize(1);
    assertThat(Descriptors.of(dir)).isPositive();

    subscriber.subscription.cancel();
    executor.runAll();

    assertThat(Descriptors.of(dir)).isZero();
  }

  @Test
  void operation_cancelledBeforeItBegins_neverHappens() {
    var executor = new ManualExecutor();
    AsyncPath path = AsyncFiles.on(executor).path(dir).resolve("a");
    var created = path.createFileAsync();

    created.cancel(true);
    executor.runAll();

    assertThat(path.path()).doesNotExist();
  }

  @Test
  void operations_thousandsAtOnce_runSoManyAtATime() throws Exception {
    var executor = new ManualExecutor();
    AsyncPath path = AsyncFiles.on(executor).path(dir);
    var all = IntStream.range(0, 10_000).mapToObj(_ -> path.existsAsync()).toList();

    assertThat(executor.waiting()).isEqualTo(Places.AT_ONCE);
    executor.runAll();

    assertThat(all).allMatch(CompletableFuture::isDone);
  }

  private static <T> List<T> all(Flow.Publisher<T> publisher)
      throws ExecutionException, InterruptedException, IOException {
    var collected = new Collected<T>(Long.MAX_VALUE);
    publisher.subscribe(collected);
    return collected.done.get();
  }
}
