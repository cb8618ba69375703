package dev.withal.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may know whom, and what things are called. */
class LayeringTest {
  private static final JavaClasses MAIN = new ClassFileImporter().importPaths(Modules.classes());
  private static final JavaClasses TESTS =
      new ClassFileImporter().importPaths(Modules.testClasses());

  private static final String[] PUBLISHED = {
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
    "dev.withal.adapters..",
    "dev.withal.leases",
    "dev.withal.leases.internal..",
    "dev.withal.leases.postgresql..",
    "dev.withal.leases.zookeeper.."
  };

  /** A silent network is bounded in real time, whatever time a test has put in force. */
  private static final Set<String> IN_REAL_TIME =
      Set.of(
          "dev.withal.ServingManager$Serving",
          "dev.withal.database.internal.Kept$Age",
          "dev.withal.database.internal.Place",
          "dev.withal.insight.Pulse",
          "dev.withal.insight.RecordedUse",
          "dev.withal.insight.Snapshot",
          "dev.withal.jdbc.Taking");

  private static DescribedPredicate<JavaClass> areNot(Set<String> names) {
    return DescribedPredicate.describe(
        "are not " + names, type -> !names.contains(type.getFullName()));
  }

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
        .resideInAPackage("dev.withal.database.testing")
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

  @Test
  void names_sayWhatAThingDoes() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .orShould()
        .haveSimpleNameStartingWith("Base")
        .check(MAIN);
  }

  @Test
  void publicClasses_areFinal() {
    classes()
        .that()
        .resideInAnyPackage(PUBLISHED)
        .and()
        .arePublic()
        .and()
        .areNotInterfaces()
        .and()
        .doNotHaveModifier(JavaModifier.ABSTRACT)
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(MAIN);
  }

  @Test
  void publicSurfaceOfCore_isSmall() {
    List<String> surface =
        MAIN.stream()
            .filter(type -> type.getPackageName().equals("dev.withal"))
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .map(JavaClass::getSimpleName)
            .sorted()
            .toList();

    assertThat(surface).hasSizeBetween(10, 22);
  }

  @Test
  void clock_isReadInOnePlace() {
    noClasses()
        .that()
        .resideInAnyPackage(PUBLISHED)
        .and()
        .haveNameNotMatching("dev\\.withal\\.internal\\.SystemTime.*")
        .and(areNot(IN_REAL_TIME))
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(MAIN);
  }

  @Test
  void publishedCode_printsNothing() {
    noClasses()
        .that()
        .resideInAnyPackage(PUBLISHED)
        // Prints what neither a listener nor the logger takes, so that it isn't lost.
        .and()
        .doNotHaveFullyQualifiedName("dev.withal.Report")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(MAIN);
  }

  @Test
  void code_neverSleepsOnAThread() {
    var sleep =
        DescribedPredicate.<com.tngtech.archunit.core.domain.JavaMethodCall>describe(
            "Thread.sleep",
            call ->
                call.getTargetOwner().isEquivalentTo(Thread.class)
                    && call.getName().equals("sleep"));

    noClasses().should().callMethodWhere(sleep).check(MAIN);
    noClasses().should().callMethodWhere(sleep).check(TESTS);
  }
}
