package dev.withal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The paths beneath a directory that match a pattern.
 *
 * <p>Design. The JDK's matchers require at least one directory for {@code **}{@code /}. So where it
 * begins a part of the pattern, it is turned into a group, of nothing or itself. As the JDK has no
 * nested groups, a pattern that has it in a group is expanded first.
 */
final class Glob {
  private static final Pattern STARS_IN_A_GROUP = Pattern.compile("\\{[^}]*\\*\\*/");

  private final Path root;
  private final List<PathMatcher> matchers = new ArrayList<>();
  private final int depth;

  Glob(Path root, String pattern) {
    this.root = root;
    boolean inGroup = STARS_IN_A_GROUP.matcher(pattern).find();
    for (String each : inGroup ? writtenOut(pattern) : List.of(pattern)) {
      matchers.add(root.getFileSystem().getPathMatcher("glob:" + withEmptyStars(each)));
    }
    // Nothing deeper can match.
    depth =
        pattern.contains("**")
            ? Integer.MAX_VALUE
            : (int) pattern.chars().filter(c -> c == '/').count() + 1;
  }

  Tree tree(FileVisitOption... options) {
    Walk walk = Walk.all().depth(depth).onError(Glob::pass);
    return new Tree(root, options.length > 0 ? walk.followingLinks() : walk, this::matches);
  }

  private boolean matches(Path path) {
    if (path.equals(root)) {
      return false;
    }
    Path relative = root.relativize(path);
    return matchers.stream().anyMatch(matcher -> matcher.matches(relative));
  }

  /** Skips a path that may not be read, is gone by now, or leads in a circle. */
  private static void pass(Path path, IOException error) {
    switch (error) {
      case AccessDeniedException ignored -> {}
      case NoSuchFileException unused -> {}
      case NotDirectoryException ignored -> {}
      case FileSystemLoopException ignored -> {}
      default -> throw new UncheckedIOException(error);
    }
  }

  private static String withEmptyStars(String pattern) {
    var all = new StringBuilder();
    boolean begins = true;
    for (int i = 0; i < pattern.length(); ) {
      if (begins && pattern.startsWith("**/", i)) {
        all.append("{,**/}");
        i += 3;
        while (pattern.startsWith("**/", i)) {
          i += 3;
        }
      } else {
        int end = endOfOne(pattern, i);
        begins = pattern.charAt(i) == '/';
        all.append(pattern, i, end);
        i = end;
      }
    }
    return all.toString();
  }

  /** {@return the end of a character that may be escaped, or of those in brackets} */
  private static int endOfOne(String pattern, int from) {
    char first = pattern.charAt(from);
    if (first == '\\') {
      return Math.min(from + 2, pattern.length());
    }
    if (first != '[') {
      return from + 1;
    }
    int end = pattern.indexOf(']', from + 1);
    return end < 0 ? pattern.length() : end + 1;
  }

  /** {@return the patterns without groups that a pattern with groups stands for} */
  private static List<String> writtenOut(String pattern) {
    for (int i = 0; i < pattern.length(); i = endOfOne(pattern, i)) {
      if (pattern.charAt(i) == '{') {
        return writtenOut(pattern, i);
      }
    }
    return List.of(pattern);
  }

  private static List<String> writtenOut(String pattern, int group) {
    List<String> each = new ArrayList<>();
    int begin = group + 1;
    for (int i = begin; i < pattern.length(); i = endOfOne(pattern, i)) {
      char c = pattern.charAt(i);
      if (c == ',' || c == '}') {
        each.add(pattern.substring(begin, i));
        begin = i + 1;
      }
      if (c == '{') {
        break;
      }
      if (c == '}') {
        List<String> all = new ArrayList<>();
        for (String rest : writtenOut(pattern.substring(i + 1))) {
          for (String one : each) {
            all.add(pattern.substring(0, group) + one + rest);
          }
        }
        return all;
      }
    }
    // It isn't closed, or is nested: the matcher reports that.
    return List.of(pattern);
  }
}
