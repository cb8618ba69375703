package dev.withal.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;

/**
 * A row of the table: what Withal does, what is compared with that, and what must come out.
 *
 * @param group what a filter selects it by, besides its title
 * @param title what is done
 * @param withal how Withal does it
 * @param others how others do it
 * @param targets what must come out
 */
record Case(String group, String title, Subject withal, List<Other> others, List<Target> targets) {

  /**
   * Something that Withal is compared with.
   *
   * @param name what the table calls it
   * @param isLibrary whether people use it as they would use Withal; otherwise it is a floor, which
   *     does less
   */
  record Other(String name, Subject subject, boolean isLibrary) {}

  static Case of(String group, String title, Subject withal) {
    return new Case(group, title, withal, List.of(), List.of());
  }

  /** {@return this case, compared with something that does less} */
  Case floor(String name, Subject subject) {
    return new Case(group, title, withal, with(others, new Other(name, subject, false)), targets);
  }

  /** {@return this case, compared with a library} */
  Case library(String name, Subject subject) {
    return new Case(group, title, withal, with(others, new Other(name, subject, true)), targets);
  }

  /** {@return this case with one more target} */
  Case target(Target target) {
    return new Case(group, title, withal, others, with(targets, target));
  }

  /** {@return this case, with {@code most} operations in a call where there would be more} */
  Case upTo(long most) {
    return new Case(
        group,
        title,
        withal.upTo(most),
        others.stream()
            .map(other -> new Other(other.name, other.subject.upTo(most), other.isLibrary))
            .toList(),
        targets);
  }

  /** {@return what a filter looks at} */
  String label() {
    return (group + " " + title).toLowerCase(Locale.ROOT);
  }

  Other other(String name) {
    return others.stream()
        .filter(other -> other.name.equals(name))
        .findFirst()
        .orElseThrow(
            () -> new NoSuchElementException("the case " + title + " isn't compared with " + name));
  }

  List<Subject> subjects() {
    var all = new ArrayList<Subject>();
    all.add(withal);
    others.forEach(other -> all.add(other.subject));
    return all;
  }

  private static <T> List<T> with(List<T> some, T another) {
    var all = new ArrayList<>(some);
    all.add(another);
    return List.copyOf(all);
  }
}
