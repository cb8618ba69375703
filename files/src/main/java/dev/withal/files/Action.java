package dev.withal.files;

/** What can be done to an open file; prints as the name of the method that does it. */
enum Action {
  READ("read"),
  READ_ALL_BYTES("readAllBytes"),
  READ_STRING("readString"),
  WRITE("write"),
  SIZE("size"),
  POSITION("position"),
  SEEK("seek"),
  FORCE("force"),
  CLOSE("close");

  private final String method;

  Action(String method) {
    this.method = method;
  }

  /** Whether something is lost if it doesn't happen, which its caller may never look at. */
  boolean keepsData() {
    return this == WRITE || this == FORCE;
  }

  @Override
  public String toString() {
    return method;
  }
}
