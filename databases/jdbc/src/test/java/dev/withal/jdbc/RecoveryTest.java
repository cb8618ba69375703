package dev.withal.jdbc;

import dev.withal.database.testing.stories.RecoveryStories;

/** What is told when PostgreSQL goes in the middle of a step, by JDBC. */
class RecoveryTest extends RecoveryStories implements JdbcStories {}
