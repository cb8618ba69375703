package dev.withal.testkit;

/** The laws of Withal under which findings are reported. */
enum Law {
  L1("exactly once"),
  L2("result after exit"),
  L3("no overlap"),
  L4("last in, first out"),
  L5("no error is lost"),
  L6("verdicts"),
  L7("requests"),
  L8("late arrival"),
  L9("shielded exit"),
  L10("any depth"),
  L11("late registration"),
  L12("transfer is atomic"),
  L13("threads"),
  L14("guard"),
  L15("helpers can't hurt"),
  L16("fatal errors");

  private final String title;

  Law(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return name() + " " + title;
  }
}
