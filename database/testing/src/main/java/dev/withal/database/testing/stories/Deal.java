package dev.withal.database.testing.stories;

/** The transactions of stories. */
public enum Deal {
  PLAIN("transfer"),
  /** Its begin asks the server in both modules. */
  SERIALIZABLE("transfer"),
  /** One inside another one. */
  STEP("step");

  private final String named;

  Deal(String named) {
    this.named = named;
  }

  /** {@return its name in messages} */
  public String named() {
    return named;
  }
}
