package dev.withal.leases.postgresql;

import java.util.List;

/** Passes on to others what a test doesn't look at. */
interface PassingRows extends Rows {
  Rows rows();

  @Override
  default <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception {
    return rows().query(sql, parameters, type);
  }

  @Override
  default void update(String sql, List<?> parameters) throws Exception {
    rows().update(sql, parameters);
  }

  @Override
  default boolean isNoTable(Exception failure) {
    return rows().isNoTable(failure);
  }
}
