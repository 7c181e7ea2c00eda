"""The rules: each takes a sentence in its context and proposes what an analyst might take from it.

They know English words and their order, and no text in particular. What they propose is to be
looked at: a rule that finds more costs a glance, one that finds less costs a judgement.
"""
