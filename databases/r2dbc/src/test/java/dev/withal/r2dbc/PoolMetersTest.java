package dev.withal.r2dbc;

import dev.withal.database.testing.stories.MeterStories;

/** What is measured of a pool of R2DBC, and who holds its connections. */
class PoolMetersTest extends MeterStories implements R2dbcStories {}
