package io.longhaul.protocol.spool;

/**
 * What a receive pump tells its agent: a verified chunk is not what it was, and not fed yet. It is
 * wanted again.
 *
 * @param chunk its number
 * @param what what was found
 */
public record Damage(long chunk, String what) {}
