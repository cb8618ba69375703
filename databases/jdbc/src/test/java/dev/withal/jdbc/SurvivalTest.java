package dev.withal.jdbc;

import dev.withal.database.testing.stories.SurvivalStories;

/** What transactions of JDBC are worth when the way to PostgreSQL is cut. */
class SurvivalTest extends SurvivalStories implements JdbcStories {}
