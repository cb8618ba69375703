package dev.withal.jdbc;

import dev.withal.database.testing.stories.ReadStormStories;

/** Reads by JDBC that are asked to end at random moments. */
class ReadStormTest extends ReadStormStories implements JdbcStories {}
