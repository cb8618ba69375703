package dev.withal.r2dbc;

import dev.withal.database.testing.stories.Stories;
import java.util.Arrays;
import java.util.stream.Stream;

/** The shared stories, on the settings of this module. */
interface R2dbcStories extends Stories {

  @Override
  default Stream<Setting> everyWay() {
    return Arrays.stream(Setting.values());
  }

  @Override
  default Stream<Setting> waysToPostgres() {
    return everyWay().filter(Setting::isPostgres);
  }
}
