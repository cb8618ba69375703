package dev.withal.cli;

/** Why a command can't do what it was asked for, in one sentence for whoever asked. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  Refusal(String sentence) {
    super(sentence);
  }

  Refusal(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  String sentence() {
    return Plain.line(String.valueOf(getMessage()));
  }
}
