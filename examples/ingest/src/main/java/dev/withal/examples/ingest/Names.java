package dev.withal.examples.ingest;

import java.util.Set;

/** The names of what the program enters itself; whatever is inside of that has names as well. */
final class Names {
  static final String TURN = "turn";
  static final String LEASE = "lease";
  static final String LOAD = "load";
  static final String FILE = "file";
  static final String POOL = "pool";
  static final String CONNECTION = "connection";
  static final String TRANSACTION = "transaction";
  static final String PROGRESS = "progress";
  static final String BATCH = "batch";

  /** Exit stacks, and what is on them. */
  static final Set<String> STACKS = Set.of(TURN, LOAD);

  static final Set<String> ON_STACKS = Set.of(LEASE, FILE, POOL, CONNECTION, TRANSACTION, PROGRESS);

  private Names() {}
}
