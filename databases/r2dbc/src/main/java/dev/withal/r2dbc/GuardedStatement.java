package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.Wrapped;
import org.reactivestreams.Publisher;

/** A driver's statement, which can be sent as long as its context has the connection. */
final class GuardedStatement implements Statement, Wrapped<Statement> {
  private final Statement target;
  private final Admission admission;
  private int executions = 1;

  GuardedStatement(Statement target, Admission admission) {
    this.target = target;
    this.admission = admission;
  }

  @Override
  public Statement unwrap() {
    return target;
  }

  @Override
  public Publisher<? extends Result> execute() {
    return admission.guard(target.execute(), executions);
  }

  @Override
  public Statement add() {
    target.add();
    executions++;
    return this;
  }

  @Override
  public Statement bind(int index, Object value) {
    target.bind(index, value);
    return this;
  }

  @Override
  public Statement bind(String name, Object value) {
    target.bind(name, value);
    return this;
  }

  @Override
  public Statement bindNull(int index, Class<?> type) {
    target.bindNull(index, type);
    return this;
  }

  @Override
  public Statement bindNull(String name, Class<?> type) {
    target.bindNull(name, type);
    return this;
  }

  @Override
  public Statement returnGeneratedValues(String... columns) {
    target.returnGeneratedValues(columns);
    return this;
  }

  @Override
  public Statement fetchSize(int rows) {
    target.fetchSize(rows);
    return this;
  }
}
