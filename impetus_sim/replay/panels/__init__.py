"""What is told of one person, vehicle, unit or thing at a moment: facts, and the chain of causes behind them."""
