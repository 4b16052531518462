/** Conversations: messages, roles, content. No wire names. All types are immutable. */
package dev.parlance.engine.chat;
