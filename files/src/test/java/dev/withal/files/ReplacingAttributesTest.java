package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a file that is replaced keeps, on each file system that this machine has. */
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class ReplacingAttributesTest {

  /** Where files are. */
  enum Where {
    USUAL,
    TMPFS,
    OVERLAY,
    BIND_MOUNT
  }

  @TempDir Path dir;
  private Path mounted;

  /** {@return a directory of that kind} */
  private Path at(Where where) throws Exception {
    if (where == Where.USUAL) {
      return dir;
    }
    assumeTrue(OrdinaryUser.isRoot(), "only root may mount");
    Path point = Files.createDirectory(dir.resolve("mounted"));
    Path below = Files.createDirectory(dir.resolve("below"));
    Path above = Files.createDirectory(dir.resolve("above"));
    Path work = Files.createDirectory(dir.resolve("work"));
    String layers = "lowerdir=%s,upperdir=%s,workdir=%s".formatted(below, above, work);
    // In the layer below, so that to replace it makes it one of the layer above.
    Files.writeString(below.resolve("there"), "old");
    List<String> options =
        switch (where) {
          case TMPFS -> List.of("-t", "tmpfs", "none");
          case OVERLAY -> List.of("-t", "overlay", "-o", layers, "overlay");
          default -> List.of("--bind", below.toString());
        };
    assumeTrue(runs("mount", options, point), "this machine has no " + where + " to mount");
    mounted = point;
    return point;
  }

  private static boolean runs(String program, List<String> options, Path path) throws Exception {
    var command = new ArrayList<>(List.of(program));
    command.addAll(options);
    command.add(path.toString());
    return OrdinaryUser.isOnThePath(program)
        && new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted != null) {
      assertThat(runs("umount", List.of(), mounted)).isTrue();
    }
  }

  private static void replace(AsyncPath path) throws Exception {
    path.replace()
        .use(file -> {
          file.text(UTF_8).write("new");
          return null;
        });
    assertThat(path.path()).hasContent("new");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @ParameterizedTest
  @EnumSource
  void replace_everyMode_staysWhateverTheUmask(Where where) throws Exception {
    Path path = at(where).resolve("there");
    for (String mode : List.of("rw-rw-rw-", "rwxrwxrwx", "r--r--r--", "rw-------", "---------")) {
      Files.writeString(path, "old");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));

      replace(AsyncFiles.path(path));

      assertThat(permissions(path)).isEqualTo(mode);
    }
    assertThat(path.getParent())
        .isDirectoryNotContaining(
            file -> !file.equals(path) && file.getFileName().toString().startsWith("."));
  }

  @ParameterizedTest
  @EnumSource
  void replace_ofAnotherOwner_keepsOwnerAndGroupWhereItMay(Where where) throws Exception {
    assumeTrue(OrdinaryUser.isRoot(), "only root may give files away");
    Path path = Files.writeString(at(where).resolve("there"), "old");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    Files.setAttribute(path, "unix:uid", 65534);
    Files.setAttribute(path, "unix:gid", 65533);

    replace(AsyncFiles.path(path));

    assertThat(Files.readAttributes(path, "unix:uid,gid"))
        .containsEntry("uid", 65534)
        .containsEntry("gid", 65533);
    assertThat(permissions(path)).isEqualTo("rw-r-----");
  }

  @ParameterizedTest
  @EnumSource
  void replace_extendedAttributes_areKept(Where where) throws Exception {
    Path path = Files.writeString(at(where).resolve("there"), "old");
    try {
      Files.setAttribute(path, "user:origin", UTF_8.encode("somewhere"));
      Files.setAttribute(path, "user:empty", UTF_8.encode(""));
    } catch (FileSystemException | UnsupportedOperationException e) {
      abort(where + " has no extended attributes here: " + e);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--------"));

    replace(AsyncFiles.path(path));

    assertThat(Files.getAttribute(path, "user:origin")).isEqualTo("somewhere".getBytes(UTF_8));
    assertThat(Files.getAttribute(path, "user:empty")).isEqualTo(new byte[0]);
  }

  @Test
  void replace_ofAFileThatIsAMountPoint_failsNamingItAndLeavesNothing() throws Exception {
    assumeTrue(OrdinaryUser.isRoot(), "only root may mount");
    Path other = Files.writeString(dir.resolve("other"), "old");
    Path path = Files.writeString(dir.resolve("there"), "");
    assumeTrue(
        runs("mount", List.of("--bind", other.toString()), path), "there are no bind mounts here");
    mounted = path;

    assertThat(catchThrowable(() -> replace(AsyncFiles.path(path))))
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage(path + ": Device or resource busy");

    assertThat(path).hasContent("old");
    assertThat(dir).isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("."));
  }

  // ---- as those to whom permissions apply ------------------------------------------------------

  @Test
  void replace_byAnOrdinaryUser_needsNoRightToWriteTheFile() throws Exception {
    assertThat(OrdinaryUser.run(ReplacingPrograms.ReadOnly.class, dir))
        .containsExactly("r--r--r-- new");
  }

  @Test
  void replace_byAnOrdinaryUserOfAnothersFile_givesItsGroupNoMoreThanAllOthers() throws Exception {
    assumeTrue(OrdinaryUser.isRoot(), "only root may give files away");
    Path path = Files.writeString(dir.resolve("a"), "old");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-r--"));

    assertThat(OrdinaryUser.run(ReplacingPrograms.Anothers.class, dir))
        .containsExactly("rw-r--r-- 65534 65534");
  }

  @Test
  void replace_inADirectoryThatMayNotBeWritten_saysSoOfTheTarget() throws Exception {
    assertThat(OrdinaryUser.run(ReplacingPrograms.ClosedDirectory.class, dir))
        .containsExactly(
            "AccessDeniedException " + dir.resolve("closed/a"), "the body has not run");
  }

  // ---- what is new -----------------------------------------------------------------------------

  @Test
  void attributes_ofTheAccess_holdForWhateverAPathCreates() throws Exception {
    FileAttribute<?> own =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    AsyncPath in = AsyncFiles.onVirtualThreads().attributes(own).path(dir);
    replace(in.resolve("replaced"));
    in.resolve("written").writeAsync(new byte[1]).get();
    in.resolve("text").writeStringAsync("text", UTF_8).get();
    in.resolve("appended").appendAsync(new byte[1]).get();
    in.resolve("created").createFileAsync().get();
    in.resolve("lock").lock().use(_ -> null);
    in.resolve("directory").createDirectoryAsync().get();
    in.resolve("directories/deep").createDirectoriesAsync().get();

    for (String name : List.of("replaced", "written", "text", "appended", "created", "lock")) {
      assertThat(permissions(dir.resolve(name))).as(name).isEqualTo("rw-------");
    }
    for (String name : List.of("directory", "directories", "directories/deep")) {
      assertThat(permissions(dir.resolve(name))).as(name).isEqualTo("rwx------");
    }
    var open = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--"));
    in.resolve("other").createFileAsync(open).get();
    assertThat(permissions(dir.resolve("other"))).isEqualTo("r--r--r--");
  }
}
