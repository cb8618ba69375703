package dev.withal.r2dbc;

import dev.withal.database.internal.SqlDialect;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.Wrapped;
import org.reactivestreams.Publisher;

/** A driver's statement, which can be sent as long as its context has the connection. */
final class GuardedStatement implements Statement, Wrapped<Statement> {
  private final Statement target;
  private final Admission admission;
  private final SqlDialect dialect;
  private int executions = 1;
  private boolean bound;

  GuardedStatement(Statement target, Admission admission, SqlDialect dialect) {
    this.target = target;
    this.admission = admission;
    this.dialect = dialect;
  }

  @Override
  public Statement unwrap() {
    return target;
  }

  @Override
  public Publisher<? extends Result> execute() {
    Publisher<? extends Result> results = target.execute();
    return bound && dialect == SqlDialect.POSTGRESQL
        ? admission.guardReadings(results)
        : admission.guard(results, executions);
  }

  @Override
  public Statement add() {
    target.add();
    executions++;
    return this;
  }

  @Override
  public Statement bind(int index, Object value) {
    bound = true;
    target.bind(index, value);
    return this;
  }

  @Override
  public Statement bind(String name, Object value) {
    bound = true;
    target.bind(name, value);
    return this;
  }

  @Override
  public Statement bindNull(int index, Class<?> type) {
    bound = true;
    target.bindNull(index, type);
    return this;
  }

  @Override
  public Statement bindNull(String name, Class<?> type) {
    bound = true;
    target.bindNull(name, type);
    return this;
  }

  @Override
  public Statement returnGeneratedValues(String... columns) {
    for (String column : columns) {
      // Drivers put it into the text, where more statements may follow.
      if (column.indexOf(';') >= 0) {
        throw new IllegalArgumentException(
            "a column can't be named \"" + column + "\": use a name without a semicolon");
      }
    }
    target.returnGeneratedValues(columns);
    return this;
  }

  @Override
  public Statement fetchSize(int rows) {
    target.fetchSize(rows);
    return this;
  }
}
