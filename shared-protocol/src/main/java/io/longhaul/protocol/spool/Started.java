package io.longhaul.protocol.spool;

import io.longhaul.protocol.pipe.ProcessIdentity;
import java.util.Optional;

/**
 * What a pump started. It is on disk before the child is, so that a sink is started at most once
 * per session.
 *
 * @param pump the pump
 * @param attempt the number of this start, from 1; always 1 for a sink
 * @param child the source or sink, as soon as it runs
 */
public record Started(ProcessIdentity pump, int attempt, Optional<ProcessIdentity> child) {}
