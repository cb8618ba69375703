package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Faults.Manner;
import dev.withal.FaultyUse.Ending;
import dev.withal.FaultyUse.Form;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** L15, enumerated: each call into code of others fails once, in each form, style and ending. */
@ExtendWith(LeakCheck.class)
class L15EveryCallTest {
  private static final Logger LOGGER = Logger.getLogger("dev.withal");

  private final List<Throwable> logged = new CopyOnWriteArrayList<>();

  @BeforeEach
  void catchLog() {
    LOGGER.setFilter(record -> {
      if (record.getThrown() != null) {
        logged.add(record.getThrown());
      }
      return false;
    });
  }

  @AfterEach
  void release() {
    LOGGER.setFilter((Filter) null);
  }

  static Stream<Arguments> formsAndStyles() {
    return Arrays.stream(Form.values())
        .flatMap(form ->
            Stream.of(
                    Carrier.SAME_THREAD,
                    Carrier.VIRTUAL_THREAD,
                    Carrier.STAGE_COMPLETE,
                    Carrier.STAGE_LATER)
                .map(carrier -> Arguments.of(form, carrier)));
  }

  @ParameterizedTest
  @MethodSource("formsAndStyles")
  void everyCall_fails_exitsOnceAndIsTold(Form form, Carrier carrier, VirtualTime time) {
    for (Ending ending : Ending.values()) {
      var usual = use(form, carrier, ending, time, new Faults(Manner.THROWS, -1));
      usual.assertExitedOnce();
      for (Manner manner : Manner.values()) {
        int call = 0;
        FaultyUse faulty;
        do {
          faulty = use(form, carrier, ending, time, new Faults(manner, call++));
          faulty.assertExitedOnce();
          faulty.assertTold(usual, manner);
        } while (faulty.failed() != null);
        assertThat(call).as(faulty.toString()).isGreaterThan(4);
      }
    }
  }

  private FaultyUse use(
      Form form, Carrier carrier, Ending ending, VirtualTime time, Faults faults) {
    logged.clear();
    var use = new FaultyUse(form, carrier, ending, time, faults);
    use.run();
    use.told(logged);
    return use;
  }
}
