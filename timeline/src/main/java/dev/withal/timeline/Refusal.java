package dev.withal.timeline;

/** Why a command can't do what it was asked for, in one sentence for whoever asked. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  public Refusal(String sentence) {
    super(sentence);
  }

  public Refusal(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  public String sentence() {
    return Plain.line(String.valueOf(getMessage()));
  }
}
