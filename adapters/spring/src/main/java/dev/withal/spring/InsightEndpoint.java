package dev.withal.spring;

import dev.withal.insight.Insight;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** Answers what the program holds now: as a tree to read, or as lines of JSON. */
@Endpoint(id = "contexts")
final class InsightEndpoint {
  private static final int LINES = 100;

  /** The forms of lines. */
  enum Form {
    JSON,
    LEAKS
  }

  @ReadOperation(produces = "text/plain;charset=UTF-8")
  String tree(@Nullable Integer max) {
    return Insight.contexts().tree(lines(max));
  }

  @ReadOperation(produces = "application/x-ndjson;charset=UTF-8")
  String lines(@Selector Form form, @Nullable Integer max) {
    return switch (form) {
      case JSON -> Insight.contexts().json(lines(max));
      case LEAKS -> Insight.contexts().leaks(lines(max));
    };
  }

  private static int lines(@Nullable Integer max) {
    return max == null ? LINES : max;
  }
}
