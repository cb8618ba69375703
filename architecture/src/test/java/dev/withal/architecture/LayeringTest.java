package dev.withal.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.withal.architecture.Code.MAIN;
import static dev.withal.architecture.Code.PUBLISHED;
import static dev.withal.architecture.Code.TESTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import org.junit.jupiter.api.Test;

/** Which modules and packages may depend on which. */
class LayeringTest {
  @Test
  void rules_lookAtSomething() {
    assertThat(MAIN.size()).isGreaterThan(100);
    assertThat(TESTS.size()).isGreaterThan(50);
    assertThat(PUBLISHED)
        .allSatisfy(published ->
            assertThat(MAIN)
                .extracting(JavaClass::getPackageName)
                .contains(published.replace("..", "")));
  }

  @Test
  void core_needsNothingButTheJdk() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.withal", "dev.withal.internal")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("java..", "dev.withal", "dev.withal.internal", "org.jspecify..")
        .check(MAIN);
  }

  @Test
  void internal_knowsNothingOfContexts() {
    noClasses()
        .that()
        .resideInAPackage("dev.withal.internal")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.withal")
        .check(MAIN);
  }

  @Test
  void modulesOfTheMiddleRow_doNotKnowEachOther() {
    slices()
        .matching(
            "dev.withal.(testkit|files|r2dbc|jdbc|context|insight|tasks|reactor|kotlin|mutiny|rxjava|spring)..")
        .should()
        .notDependOnEachOther()
        // Spring Boot loads these where it finds Insight on the class path.
        .ignoreDependency(
            DescribedPredicate.describe(
                "are the endpoint of Insight",
                type -> type.getFullName().startsWith("dev.withal.spring.Insight")),
            JavaClass.Predicates.resideInAPackage("dev.withal.insight"))
        .check(MAIN);
  }

  @Test
  void database_needsNothingButCore() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.withal.database", "dev.withal.database.internal")
        .and()
        .haveNameNotMatching("dev\\.withal\\.database\\.PoolMeters.*")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java.lang..",
            "java.time..",
            "java.util..",
            "dev.withal",
            "dev.withal.internal",
            "dev.withal.database",
            "dev.withal.database.internal",
            "org.jspecify..")
        .check(MAIN);
  }

  @Test
  void micrometer_isKnownToWhatMeasuresAndToContextPropagationAlone() {
    noClasses()
        .that()
        .resideInAnyPackage(PUBLISHED)
        .and()
        .haveNameNotMatching(
            "dev\\.withal\\.(database\\.PoolMeters|insight\\.Insight(Meters|Observations)|context\\.).*")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micrometer..")
        .check(MAIN);
  }

  @Test
  void database_isKnownToR2dbcAndJdbcAlone() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.withal", "dev.withal.internal..", "dev.withal.testkit..", "dev.withal.files..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.withal.database..")
        .check(MAIN);
  }

  @Test
  void leases_needNothingButCore() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.withal.leases", "dev.withal.leases.internal")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java.lang..",
            "java.time..",
            "java.util..",
            "dev.withal",
            "dev.withal.internal",
            "dev.withal.leases",
            "dev.withal.leases.internal",
            "org.jspecify..")
        .check(MAIN);
  }

  @Test
  void enginesOfLeases_areKnownToNobody() {
    noClasses()
        .that()
        .resideInAnyPackage(PUBLISHED)
        .and()
        .resideOutsideOfPackages("dev.withal.leases.postgresql", "dev.withal.leases.zookeeper")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.withal.leases.postgresql", "dev.withal.leases.zookeeper")
        .check(MAIN);
  }

  @Test
  void supportOfTests_isKnownToNoPublishedCode() {
    noClasses()
        .that()
        .resideInAnyPackage(PUBLISHED)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.withal.database.testing..", "dev.withal.adapters.testing")
        .check(MAIN);
  }

  @Test
  void programs_areKnownToNobody() {
    noClasses()
        .that()
        .resideInAnyPackage(PUBLISHED)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.withal.examples..", "dev.withal.cli..", "dev.withal.timeline..")
        .check(MAIN);
  }

  @Test
  void timeline_needsNothingButTheJdk() {
    noClasses()
        .that()
        .resideInAPackage("dev.withal.timeline")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("java..", "jdk.jfr..", "dev.withal.timeline", "org.jspecify..")
        .check(MAIN);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.(**)").should().beFreeOfCycles().check(MAIN);
  }
}
