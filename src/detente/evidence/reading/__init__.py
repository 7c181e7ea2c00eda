"""Reading reports: proposals for a dispute file, each with the sentence that it comes from.

Nothing here decides. A proposal names a passage, letter for letter, and what an analyst might
take from it; whether it enters the dispute file is for the analyst to say.
"""
