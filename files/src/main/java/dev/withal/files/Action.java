package dev.withal.files;

import dev.withal.Async;

/** An operation on a file; prints as the name of its method. */
enum Action {
  READ("read"),
  READ_AT("readAt"),
  READ_BYTES("readBytes"),
  READ_ALL_BYTES("readAllBytes"),
  READ_STRING("readString"),
  READ_CHARACTERS("readCharacters"),
  TEXT_BY_MARK("textByMark"),
  READ_LINE("readLine"),
  WRITE("write"),
  WRITE_AT("writeAt"),
  FLUSH("flush"),
  FORCE("force"),
  TRUNCATE("truncate"),
  SIZE("size"),
  POSITION("position"),
  SEEK("seek"),
  CLOSE("close");

  private final String method;
  private final String inStageStyle;

  Action(String method) {
    this.method = method;
    inStageStyle = method + "Async";
  }

  /** Refuses the operation in direct style if the calling thread runs an event loop (L14). */
  void refuseEventLoop() {
    Async.refuseEventLoop(method, inStageStyle);
  }

  /** Whether data is lost if the operation doesn't happen, which its caller may never notice. */
  boolean keepsData() {
    return switch (this) {
      case WRITE, WRITE_AT, FLUSH, FORCE, TRUNCATE -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return method;
  }
}
