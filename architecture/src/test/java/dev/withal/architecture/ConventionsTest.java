package dev.withal.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.withal.architecture.Code.MAIN;
import static dev.withal.architecture.Code.PUBLISHED;
import static dev.withal.architecture.Code.TESTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What things are called, and what no code does. */
class ConventionsTest {
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
        DescribedPredicate.<JavaMethodCall>describe(
            "Thread.sleep",
            call ->
                call.getTargetOwner().isEquivalentTo(Thread.class)
                    && call.getName().equals("sleep"));

    noClasses().should().callMethodWhere(sleep).check(MAIN);
    noClasses().should().callMethodWhere(sleep).check(TESTS);
  }
}
