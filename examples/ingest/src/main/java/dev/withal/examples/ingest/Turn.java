package dev.withal.examples.ingest;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.Connection;

/** A turn to load. */
interface Turn {
  /** The turn of a load that others needn't wait for. */
  Turn OF_ANYONE =
      new Turn() {
        @Override
        public boolean isExclusive() {
          return false;
        }

        @Override
        public AsyncContextManager<Connection> transaction(Connection connection) {
          return R2dbc.transaction(connection);
        }

        @Override
        public Verdict requireTurn(ExitCase how) {
          return Verdict.PROPAGATE;
        }
      };

  /** {@return whether no other process loads into the table} */
  boolean isExclusive();

  /** {@return a manager of the transaction of the load} */
  AsyncContextManager<Connection> transaction(Connection connection) throws InterruptedException;

  /** An exit, for before a step that can't be taken back: it fails if the turn is over. */
  Verdict requireTurn(ExitCase how);
}
