package dev.withal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;

/** What tests of trees have an ordinary user do; needs no library of the tests. */
final class TreePrograms {
  private TreePrograms() {}

  /** More levels than the process may have files open. */
  static final class Deep {
    private Deep() {}

    public static void main(String[] args) throws Exception {
      Path root = Files.createDirectory(Path.of(args[0], "deep"));
      Path deepest = root;
      for (int i = 0; i < 1200; i++) {
        deepest = Files.createDirectory(deepest.resolve("d"));
      }
      int walked = AsyncFiles.toListAsync(AsyncFiles.path(root).walk()).get().size();
      long deleted = AsyncFiles.path(root).deleteTreeAsync().get();
      System.out.println(walked + " walked, " + deleted + " deleted");
    }
  }

  /** A directory that may not be read, among others. */
  static final class Unreadable {
    private Unreadable() {}

    public static void main(String[] args) throws Exception {
      Path root = Path.of(args[0]);
      Path closed = Files.createDirectory(root.resolve("closed"));
      Files.createFile(root.resolve("a.txt"));
      Files.createFile(root.resolve("z.txt"));
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
      AsyncPath path = AsyncFiles.path(root);

      print("glob", path.glob("**/*.txt"), root);
      Walk told =
          Walk.all()
              .onError((which, error) ->
                  System.out.println(
                      "told " + root.relativize(which) + " " + error.getClass().getSimpleName()));
      print("walk", path.walk(told), root);
      failed("", path.walk(), root);
      failed("list ", AsyncFiles.path(closed).list(), root);
      try {
        System.out.println(AsyncFiles.path(closed.resolve("a")).existsAsync().get());
      } catch (ExecutionException failure) {
        System.out.println("exists failed " + failure.getCause().getClass().getSimpleName());
      }
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }

    private static void print(String what, Flow.Publisher<Path> publisher, Path root)
        throws Exception {
      List<String> names =
          AsyncFiles.toListAsync(publisher).get().stream()
              .map(root::relativize)
              .map(Path::toString)
              .sorted()
              .toList();
      System.out.println(what + " " + names);
    }

    private static void failed(String what, Flow.Publisher<Path> publisher, Path root)
        throws Exception {
      try {
        print(what, publisher, root);
      } catch (ExecutionException failure) {
        System.out.println(what + "failed " + failure.getCause().getClass().getSimpleName());
      }
    }
  }

  /** A temporary directory whose directories are closed to the one whose they are. */
  static final class ClosedTemporary {
    private ClosedTemporary() {}

    public static void main(String[] args) throws Exception {
      Path made =
          AsyncFiles.temporaryDirectory(Path.of(args[0]), "temporary")
              .<Path, IOException>use(path -> {
                for (String mode : List.of("r-xr-xr-x", "---------", "r--------", "-w-------")) {
                  Path module = Files.createDirectories(path.resolve(mode + "/deep"));
                  Files.writeString(module.resolve("file"), "x");
                  Files.setPosixFilePermissions(module, PosixFilePermissions.fromString(mode));
                  Files.setPosixFilePermissions(
                      module.getParent(), PosixFilePermissions.fromString(mode));
                }
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
                return path;
              });
      System.out.println("left: " + Files.exists(made));
    }
  }
}
