package dev.withal.r2dbc;

import dev.withal.database.testing.stories.RecoveryStories;

/** What is told when PostgreSQL goes in the middle of a step, by R2DBC. */
class RecoveryTest extends RecoveryStories implements R2dbcStories {}
