package dev.withal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a scenario that differs gets smaller. */
class ShrinkingTest {

  @Test
  void steps_ofAScenario_areAllScenariosThatAreOneStepSmaller() throws Exception {
    JsonNode scenario =
        parse(
            "{'id':1,'body':[{'op':'with','manager':{'kind':'class','name':'m','exit':'true'},"
                + "'body':[{'op':'pause'},{'op':'raise','error':'E1'}]}]}");

    List<JsonNode> steps = Shrinking.of(scenario);

    String with = "{'id':1,'body':[{'op':'with','manager':%s,'body':[%s]}]}";
    String manager = "{'kind':'class','name':'m','exit':'true'}";
    String pause = "{'op':'pause'}";
    String raise = "{'op':'raise','error':'E1'}";
    assertThat(steps)
        .containsExactly(
            parse("{'id':1,'body':[]}"),
            parse("{'id':1,'body':[" + pause + "," + raise + "]}"),
            parse(with.formatted(manager, pause)),
            parse(with.formatted("{'kind':'null','name':'m'}", pause + "," + raise)),
            parse(with.formatted(manager, raise)),
            parse(with.formatted("{'kind':'class','name':'m'}", pause + "," + raise)));
  }

  private static JsonNode parse(String text) throws Exception {
    return Scenarios.parse(text.replace('\'', '"'));
  }
}
