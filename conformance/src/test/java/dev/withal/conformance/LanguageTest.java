package dev.withal.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can't be run is refused in one sentence, and nothing is written. */
class LanguageTest {
  private static final String GOOD = "{'id':1,'body':[{'op':'return','value':null}]}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'op':'jump'} | the 'op' of a statement in the 'body' of a scenario must be one of [log, pause, raise, return, stack, try, with], but is 'jump'
          {'op':'close'} | the 'op' of a statement in the 'body' of a scenario must be one of [log, pause, raise, return, stack, try, with], but is 'close'
          {'op':'log'} | 'log' lacks the field 'text'
          {'op':'log','text':3} | the 'text' of 'log' must be a text, but is 3
          {'op':'log','text':'t','txt':'u'} | 'log' has no field 'txt'
          {'op':'return'} | 'return' lacks the field 'value'
          {'op':'try','body':[],'catch':'E1','handler':[]} | the 'catch' of 'try' must be a list, but is 'E1'
          {'op':'try','body':[],'catch':[1],'handler':[]} | each of the 'catch' of 'try' must be a text, but is 1
          {'op':'with','manager':{'kind':'clas'},'body':[]} | the 'kind' of the 'manager' of 'with' must be one of [class, generator, null], but is 'clas'
          {'op':'with','manager':'m','body':[]} | the 'manager' of 'with' must be an object, but is 'm'
          {'op':'with','manager':{'kind':'null','name':'m'},'body':{}} | the 'body' of 'with' must be a list of statements, but is {}
          {'op':'with','manager':{'kind':'class','name':'m','exit':'maybe'},'body':[]} | the 'exit' of 'class' must be one of [none, false, true, raise, reraise], but is 'maybe'
          {'op':'with','manager':{'kind':'class','name':'m','exit':'raise'},'body':[]} | 'class' lacks the field 'exit_error'
          {'op':'with','manager':{'kind':'generator','name':'m','finally':'raise'},'body':[]} | 'generator' lacks the field 'finally_error'
          {'op':'with','manager':{'kind':'generator','name':'m','await_exit':1},'body':[]} | the 'await_exit' of 'generator' must be true or false, but is 1
          {'op':'stack','body':[{'op':'pop_all','then':'keep'}]} | the 'then' of 'pop_all' must be one of [close, drop], but is 'keep'
          """)
  void statement_thatTheLanguageDoesNotHave_isRefused(
      String statement, String message, @TempDir Path folder) throws Exception {
    assertRefused(folder, GOOD + "\n{'id':2,'body':[" + statement + "]}", ", line 2: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          [] | a scenario must be an object, but is []
          {'body':[]} | a scenario lacks the field 'id'
          {'id':2} | a scenario lacks the field 'body'
          {'id':2,'body':[ | malformed JSON at column 17
          {'id':2,'body':[]} 3 | malformed JSON at column 20
          """)
  void line_thatIsNoScenario_isRefused(String line, String message, @TempDir Path folder)
      throws Exception {
    assertRefused(folder, GOOD + "\n\n" + line, ", line 3: " + message);
  }

  @Test
  void field_thatIsNotNeeded_mayBeNull(@TempDir Path folder) throws Exception {
    Path scenarios =
        write(
            folder,
            "{'id':1,'body':[{'op':'stack','body':["
                + "{'op':'callback','name':'c','error':null}]}],'note':'for readers'}");
    Path traces = folder.resolve("traces.jsonl");

    Main.run(scenarios, traces, Style.DIRECT);

    assertThat(traces)
        .hasContent("{\"id\":1,\"trace\":[\"callback c\"],\"end\":{\"return\":null}}");
  }

  @Test
  void program_thatCannotRunScenarios_saysSoAndEndsNonZero(@TempDir Path folder) throws Exception {
    Path scenarios = write(folder, GOOD);
    Path traces = folder.resolve("traces.jsonl");
    Path errors = folder.resolve("errors.txt");

    assertThat(program(errors, scenarios, traces, "stage")).isZero();
    assertThat(errors).isEmptyFile();
    assertThat(program(errors, folder.resolve("none"), traces)).isEqualTo(1);
    assertThat(errors).hasContent("conformance/run: there is no file " + folder.resolve("none"));
    assertThat(program(errors, scenarios, traces, "upright")).isEqualTo(2);
    assertThat(errors).content().startsWith("conformance/run: unknown style \"upright\"; usage: ");
  }

  private static int program(Path errors, Object... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static void assertRefused(Path folder, String lines, String message) throws Exception {
    Path scenarios = write(folder, lines);
    Path traces = folder.resolve("traces.jsonl");

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> Main.run(scenarios, traces, Style.DIRECT))
        .withMessage(scenarios + message.replace('\'', '"'));
    assertThat(traces).doesNotExist();
  }

  private static Path write(Path folder, String lines) throws Exception {
    return Files.writeString(folder.resolve("scenarios.jsonl"), lines.replace('\'', '"') + "\n");
  }
}
