"""What reaches people (消息): inbox, digest, calendar feed, what could not be sent."""
