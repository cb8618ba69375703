package dev.withal.jdbc;

import dev.withal.database.Bounds;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where connections come from. */
interface Source {
  /** Is told that a connection will be taken. */
  void taking();

  /** Is told that it is back, or that there was none. More than once is as good as once. */
  void ended();

  /** {@return how long it may take to have one} */
  Duration limit();

  /** {@return one that will do and can be had without asking a server; null if there is none} */
  @Nullable Physical kept(Predicate<Physical> will);

  /**
   * {@return a connection} Blocks.
   *
   * @param limit how long it may take, so that something can be tried before that
   * @throws Unreachable if it may be well a moment later
   */
  Physical get(Duration limit) throws SQLException;

  /** {@return whether to give back a connection that nobody has altered asks no server} */
  boolean keeps();

  /** Puts the session back, of a connection that is in order but for that. Blocks. */
  void reset(Session session) throws SQLException;

  /** Takes back a connection that is in order. Blocks unless it is kept. */
  void giveBack(Physical physical) throws SQLException;

  /** {@return what to say of a failure} */
  SQLException told(SQLException failure);

  Bounds bounds();
}
