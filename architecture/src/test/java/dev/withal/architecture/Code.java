package dev.withal.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

/** The classes that the rules look at. */
final class Code {
  static final JavaClasses MAIN = new ClassFileImporter().importPaths(Modules.classes());
  static final JavaClasses TESTS = new ClassFileImporter().importPaths(Modules.testClasses());

  /** The packages of published modules. */
  static final String[] PUBLISHED = {
    "dev.withal",
    "dev.withal.internal..",
    "dev.withal.testkit..",
    "dev.withal.files..",
    "dev.withal.database",
    "dev.withal.database.internal..",
    "dev.withal.r2dbc..",
    "dev.withal.jdbc..",
    "dev.withal.context..",
    "dev.withal.reactor..",
    "dev.withal.kotlin..",
    "dev.withal.mutiny..",
    "dev.withal.rxjava..",
    "dev.withal.spring..",
    "dev.withal.tasks..",
    "dev.withal.insight..",
    "dev.withal.adapters",
    "dev.withal.leases",
    "dev.withal.leases.internal..",
    "dev.withal.leases.postgresql..",
    "dev.withal.leases.zookeeper.."
  };

  private Code() {}
}
