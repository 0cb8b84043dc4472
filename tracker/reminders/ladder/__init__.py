"""The ladder (督办阶梯): its rungs, when each is reached, in which words, and the editions that an office adopts."""
