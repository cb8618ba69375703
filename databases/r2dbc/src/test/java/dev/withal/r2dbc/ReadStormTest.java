package dev.withal.r2dbc;

import dev.withal.database.testing.stories.ReadStormStories;

/** Reads by R2DBC that are asked to end at random moments. */
class ReadStormTest extends ReadStormStories implements R2dbcStories {}
