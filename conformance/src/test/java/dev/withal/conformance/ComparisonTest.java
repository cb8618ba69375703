package dev.withal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules by which traces are compared. */
class ComparisonTest {
  private static final String RETURNED = "{'return':3}";
  private static final String RAISED = "{'raise':'E1','reachable':['E1','E2']}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'enter m1', 'caught E1 E1,E2'                | true
          'enter m1', 'caught E1 E1,E2,E3'             | true
          'enter m1', 'caught E1 E1'                   | false
          'enter m1', 'caught E2 E1,E2'                | false
          'enter m1', 'log E1 E1,E2'                   | false
          'enter m2', 'caught E1 E1,E2'                | false
          'caught E1 E1,E2', 'enter m1'                | false
          'enter m1'                                   | false
          'enter m1', 'caught E1 E1,E2', 'exit m1 None'| false
          """)
  void lines_areTheSame_butForMoreReachableErrors(String lines, boolean matches) throws Exception {
    JsonNode expected = trace("'enter m1', 'caught E1 E1,E2'", RETURNED);

    assertThat(Comparison.matches(expected, trace(lines, RETURNED))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'raise':'E1','reachable':['E1','E2']}      | true
          {'raise':'E1','reachable':['E1','E2','E3']} | true
          {'raise':'E1','reachable':['E1']}           | false
          {'raise':'E2','reachable':['E1','E2']}      | false
          {'return':3}                                | false
          """)
  void raised_isTheSameError_withAllThatIsReachable(String end, boolean matches) throws Exception {
    assertThat(Comparison.matches(trace("", RAISED), trace("", end))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'return':3}                                | true
          {'return':4}                                | false
          {'return':null}                             | false
          {'raise':'E1','reachable':['E1','E2']}      | false
          """)
  void returned_isTheSameValue(String end, boolean matches) throws Exception {
    assertThat(Comparison.matches(trace("", RETURNED), trace("", end))).isEqualTo(matches);
  }

  @Test
  void errorsThatOnlyGeneratorsOfCPythonKnow_areNotMissed() throws Exception {
    JsonNode expected =
        trace("", "{'raise':'E1','reachable':['E1','GeneratorExit','StopAsyncIteration']}");

    assertThat(Comparison.matches(expected, trace("", "{'raise':'E1','reachable':['E1']}")))
        .isTrue();
  }

  private static JsonNode trace(String lines, String end) throws Exception {
    String text = "{'id':1,'trace':[" + lines + "],'end':" + end + "}";
    return Scenarios.parse(text.replace('\'', '"'));
  }
}
