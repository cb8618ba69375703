package dev.withal.stress.lincheck;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import dev.withal.Report;
import dev.withal.internal.Held;
import dev.withal.internal.Time;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Races for one object. */
@Tag("stress")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LincheckTest {
  /** How many scenarios of operations are made up for each race. */
  private static final int SCENARIOS = 20;

  /** In how many orders each of them is run. */
  private static final int INVOCATIONS = 500;

  /** Takes no part in these races; to look into it would take most of the time. */
  private static final String[] APART = {
    "dev.withal.EventLoops",
    "dev.withal.Failures",
    "dev.withal.Foreign",
    "dev.withal.Report",
    "dev.withal.SharedErrors",
    "dev.withal.Unwinding",
    "dev.withal.internal.Held",
    "java.util.concurrent.ConcurrentLinkedQueue",
    "java.util.concurrent.CopyOnWriteArrayList"
  };

  private Time before;
  private Report.Registration silence;

  @BeforeEach
  void keepTime() {
    before = Time.current();
    // A scenario that is cut short leaves what it held. Going through all of that looks like a loop
    // without an end to whoever counts each step of it.
    Held.entries().forEach(Held::remove);
    silence = Report.listen(GroupRaces.REPORTS::add);
  }

  @AfterEach
  void restoreTime() {
    silence.close();
    Time.replace(Time.current(), before);
  }

  @Test
  void use_enterArrivesAsItIsAsked_keepsTheLaws() {
    options().check(EnterRaces.class);
  }

  @Test
  void use_bodyEndsAsItIsAsked_keepsTheLaws() {
    options().check(BodyRaces.class);
  }

  @Test
  void use_nestedOneEntersAsTheOuterIsAsked_hearsOfIt() {
    options().check(NestedUseRaces.class);
  }

  @Test
  void cancellation_actionsComeMeanwhile_areCalledOnceOrNever() {
    options().check(CancellationRaces.class);
  }

  @Test
  void stack_usedByTwoThreads_isLinearizable() {
    options().sequentialSpecification(StackSpecification.class).check(StackRaces.class);
  }

  @Test
  void stack_closesDuringAnEnter_exitsOnce() {
    options().check(StackEnterRaces.class);
  }

  @Test
  void stack_closesDuringNestedEnters_exitsBothOnce() {
    options().check(NestedEnterRaces.class);
  }

  @Test
  void stack_isTransferredDuringALoss_tellsItsOwner() {
    options().check(LossRaces.class);
  }

  @Test
  void group_membersArriveAndFail_exitsEachOnceAndLosesNoError() {
    options().check(GroupRaces.class);
  }

  @Test
  void timedExit_endsAsItsTimeRunsOut_isForcedOnceOrNever() {
    options().check(TimedExitRaces.class);
  }

  /** Goes first: it steps through the table of errors as well, which the others fill. */
  @Test
  @Order(1)
  void generator_isAskedAsItHandsOver_exitsOnceAndUndisturbed() {
    Lincheck.runConcurrentTest(INVOCATIONS, new GeneratorRace());
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .iterations(SCENARIOS)
        .invocationsPerIteration(INVOCATIONS)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(0)
        .addGuarantee(forClasses(APART).allMethods().ignore());
  }
}
