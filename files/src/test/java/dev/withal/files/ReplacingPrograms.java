package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** What {@link ReplacingAttributesTest} has an ordinary user do; needs no library of the tests. */
final class ReplacingPrograms {
  private ReplacingPrograms() {}

  private static void replace(AsyncPath path) throws Exception {
    path.replace()
        .use(file -> {
          file.text(UTF_8).write("new");
          return null;
        });
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  static final class ReadOnly {
    private ReadOnly() {}

    public static void main(String[] args) throws Exception {
      Path path = Files.writeString(Path.of(args[0], "a"), "old");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
      replace(AsyncFiles.path(path));
      System.out.println(permissions(path) + " " + Files.readString(path));
    }
  }

  static final class Anothers {
    private Anothers() {}

    public static void main(String[] args) throws Exception {
      Path path = Path.of(args[0], "a");
      replace(AsyncFiles.path(path));
      var owner = Files.readAttributes(path, "unix:uid,gid");
      System.out.println(permissions(path) + " " + owner.get("uid") + " " + owner.get("gid"));
    }
  }

  static final class ClosedDirectory {
    private ClosedDirectory() {}

    public static void main(String[] args) throws Exception {
      Path closed = Files.createDirectory(Path.of(args[0], "closed"));
      Path path = Files.writeString(closed.resolve("a"), "old");
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
      boolean[] ran = {false};
      try {
        AsyncFiles.path(path)
            .replace()
            .use(_ -> {
              ran[0] = true;
              return null;
            });
      } catch (Exception denied) {
        System.out.println(denied.getClass().getSimpleName() + " " + denied.getMessage());
      }
      System.out.println("the body has " + (ran[0] ? "" : "not ") + "run");
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
